import { Box, Static, Transform, useInput } from 'ink';
import type { PressedKey } from './press-key.js';

export interface LiveAppProps {
  /** What stays above the view, an item a block of lines; grows at its end only. */
  readonly told: readonly (readonly string[])[];
  /** The view itself. */
  readonly rows: readonly string[];
  /** Absent where there is no terminal to read keys from. */
  readonly onKey?: ((key: PressedKey) => void) | undefined;
}

/** Draws what it is given, and passes keys on: all that is to be decided is decided by pure functions elsewhere. */
export function LiveApp({ told, rows, onKey }: LiveAppProps) {
  return (
    <>
      <Static items={[...told]}>{(lines, index) => <Lines key={index} lines={lines} />}</Static>
      <Lines lines={rows} />
      {onKey === undefined ? null : <Keys onKey={onKey} />}
    </>
  );
}

/**
 * Lines as they are. Ink keeps the measures of every text that it ever laid out, which grows for as long as figures
 * change; so it lays out a column of dots, and each becomes its line when it is drawn.
 */
function Lines({ lines }: { readonly lines: readonly string[] }) {
  if (lines.length === 0) return null;
  return (
    <Box height={lines.length}>
      <Transform transform={(_, index) => lines[index] || ' '}>{lines.map(() => '.').join('\n')}</Transform>
    </Box>
  );
}

const letters: { readonly [letter: string]: PressedKey } = {
  q: 'stop',
  '?': 'help',
  k: 'up',
  j: 'down',
  h: 'left',
  l: 'right',
  g: 'first',
  G: 'last',
  ' ': 'enter',
};

function Keys({ onKey }: { readonly onKey: (key: PressedKey) => void }) {
  useInput((input, key) => {
    if (key.upArrow) onKey('up');
    else if (key.downArrow) onKey('down');
    else if (key.leftArrow) onKey('left');
    else if (key.rightArrow) onKey('right');
    else if (key.return) onKey('enter');
    else if (key.escape) onKey('escape');
    else if (key.ctrl && input === 'c') onKey('interrupt');
    else if (key.ctrl && input === 'z') onKey('suspend');
    else if (!key.ctrl && !key.meta) {
      // Keys that come fast come together.
      for (const letter of input) {
        const named = letters[letter];
        if (named !== undefined) onKey(named);
      }
    }
  });
  return null;
}
