import { Box, type Key, Static, Transform, useInput } from 'ink';
import type { PressedKey } from './press-key.js';

export interface LiveAppProps {
  /** What stays above the view, an item a block of lines; grows at its end only. */
  readonly blocks: readonly (readonly string[])[];
  /** The view itself. */
  readonly rows: readonly string[];
  /** Absent where there is no terminal to read keys from. */
  readonly onKey?: ((key: PressedKey) => void) | undefined;
}

/** Draws what it is given, and passes keys on: all that is to be decided is decided by pure functions elsewhere. */
export function LiveApp({ blocks, rows, onKey }: LiveAppProps) {
  return (
    <>
      <Static items={[...blocks]}>{(lines, index) => <Lines key={index} lines={lines} />}</Static>
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

const named: { readonly [key in keyof Key]?: PressedKey } = {
  upArrow: 'up',
  downArrow: 'down',
  leftArrow: 'left',
  rightArrow: 'right',
  return: 'enter',
  escape: 'escape',
};

const withControl: { readonly [letter: string]: PressedKey } = { c: 'interrupt', z: 'suspend' };

/** The keys that an input stands for: those that come fast come together. */
function pressedKeys(input: string, key: Key): readonly PressedKey[] {
  const [only] = Object.entries(named).flatMap(([name, pressed]) =>
    key[name as keyof Key] ? [pressed] : [],
  );
  if (only !== undefined) return [only];
  if (key.ctrl) return [withControl[input] ?? []].flat();
  return key.meta ? [] : [...input].flatMap((letter) => letters[letter] ?? []);
}

function Keys({ onKey }: { readonly onKey: (key: PressedKey) => void }) {
  useInput((input, key) => pressedKeys(input, key).forEach(onKey));
  return null;
}
