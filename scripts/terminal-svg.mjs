// Turns what a terminal received over time into one animated SVG: pure, no files, no processes.
import xterm from '@xterm/headless';

/** Width and height of a character in user units; text is stretched to it, whatever font the reader has. */
const cell = { width: 8.4, height: 19 };
const padding = { x: 16, top: 40, bottom: 14 };
const fontSize = 14;

/** The 16 colours of a terminal, as GitHub's themes have them: legible on either background. */
const themes = {
  light: {
    background: '#ffffff',
    border: '#d0d7de',
    text: '#24292f',
    palette:
      '#24292f #cf222e #116329 #7d4e00 #0969da #8250df #1b7c83 #57606a #57606a #a40e26 #1a7f37 #633c01 #218bff #a475f9 #3192aa #24292f',
  },
  dark: {
    background: '#0d1117',
    border: '#30363d',
    text: '#e6edf3',
    palette:
      '#484f58 #ff7b72 #3fb950 #d29922 #58a6ff #bc8cff #39c5cf #b1bac4 #8b949e #ffa198 #56d364 #e3b341 #79c0ff #d2a8ff #56d4dd #ffffff',
  },
};

/**
 * The screens that a terminal showed: `{ at, rows }`, `at` in seconds, a row as a list of runs
 * `{ column, text, style }`, empty where nothing stands. Screens less than `shortest` seconds apart become the later.
 *
 * @param chunks `{ at, data }` in order of `at`: what the terminal received and when
 */
export async function screensOf(chunks, { columns, rows, shortest = 0.08 }) {
  const terminal = new xterm.Terminal({ cols: columns, rows, allowProposedApi: true, convertEol: true });
  const screens = [];
  for (const { at, data } of chunks) {
    await new Promise((resolve) => terminal.write(data, resolve));
    const screen = { at, rows: readScreen(terminal, columns, rows) };
    const last = screens.at(-1);
    // The beginning of a group of changes is when they show, so that nothing is late.
    if (last !== undefined && at - last.at < shortest) last.rows = screen.rows;
    else screens.push(screen);
  }
  terminal.dispose();
  return screens;
}

function readScreen(terminal, columns, rows) {
  const buffer = terminal.buffer.active;
  return Array.from({ length: rows }, (_, row) => {
    const line = buffer.getLine(buffer.baseY + row);
    const runs = [];
    for (let column = 0; column < columns; column++) {
      const cell = line?.getCell(column);
      // The second half of a wide character has no width of its own.
      if (cell === undefined || cell.getWidth() === 0) continue;
      const style = styleOf(cell);
      const text = cell.getChars() || ' ';
      const last = runs.at(-1);
      if (last !== undefined && last.style === style) last.text += text;
      else runs.push({ column, text, style });
    }
    return runs.filter(({ text, style }) => text.trim() !== '' || style.includes('b'));
  });
}

/** Classes of a cell: `f2` foreground and `b1` background of the palette, `bold`, `dim`. */
function styleOf(cell) {
  const foreground = colourOf('f', cell.isFgDefault(), cell.isFgPalette(), cell.getFgColor());
  const background = colourOf('b', cell.isBgDefault(), cell.isBgPalette(), cell.getBgColor());
  const classes = cell.isInverse() ? ['inverse'] : [foreground, background];
  return [...classes, cell.isBold() ? 'bold' : '', cell.isDim() ? 'dim' : '']
    .filter((name) => name !== '')
    .join(' ');
}

function colourOf(prefix, isDefault, isPalette, colour) {
  if (isDefault) return '';
  if (isPalette && colour < 16) return `${prefix}${colour}`;
  throw new Error('only the 16 colours of a terminal follow the reader’s theme');
}

const escapeXml = (text) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
const round = (value) => Number(value.toFixed(2));

function drawRow(runs, y) {
  return runs
    .flatMap(({ column, text, style }) => {
      const x = round(column * cell.width);
      const width = round(text.length * cell.width);
      const isFilled = style.split(' ').some((name) => /^(?:b\d+|inverse)$/.test(name));
      const box = isFilled
        ? [
            `<rect class="${style.includes('inverse') ? 'inverse' : style.match(/b\d+/)[0]}" x="${x}" y="${y}" width="${width}" height="${cell.height}"/>`,
          ]
        : [];
      const content = text.trimEnd();
      const length = round(content.length * cell.width);
      const label =
        content === ''
          ? []
          : [
              `<text${style === '' ? '' : ` class="${style}"`} x="${x}" y="${y + 14}" textLength="${length}">${escapeXml(content)}</text>`,
            ];
      return [...box, ...label];
    })
    .join('');
}

function themeRules({ background, border, text, palette }) {
  const colours = palette.split(' ');
  return [
    `.window{fill:${background};stroke:${border}}`,
    `text{fill:${text}}`,
    `rect.inverse{fill:${text}}`,
    `text.inverse{fill:${background}}`,
    ...colours.map((colour, index) => `text.f${index}{fill:${colour}}`),
    ...colours.map((colour, index) => `rect.b${index}{fill:${colour}}`),
  ];
}

/**
 * One SVG that plays screens in a loop, in the reader's light or dark theme. Where motion is not wanted, and where
 * styles are not animated, it stands still at the screen `still`.
 *
 * @param screens of one size, in order; the first at 0 seconds
 * @param duration of the loop, seconds; after the last screen's `at`
 * @param still index of a screen
 * @param title what it shows, for who cannot see it
 */
export function terminalSvg(screens, { columns, duration, still, title }) {
  const rowCount = screens[0].rows.length;
  const width = round(columns * cell.width + 2 * padding.x);
  const height = rowCount * cell.height + padding.top + padding.bottom;
  const rules = [];
  const rows = [];
  for (let row = 0; row < rowCount; row++) {
    // Every text that ever stood in this row, one below the other; the animation shows one at a time.
    const drawn = [];
    const places = new Map();
    const changes = [];
    for (const screen of screens) {
      const runs = screen.rows[row];
      const identity = JSON.stringify(runs);
      if (!places.has(identity)) {
        places.set(identity, drawn.length);
        drawn.push(runs);
      }
      const place = places.get(identity);
      if (changes.at(-1)?.place !== place) changes.push({ at: screen.at, place });
    }
    const shift = (place) => `transform:translateY(${-place * cell.height}px)`;
    const content = drawn.map((runs, place) => drawRow(runs, place * cell.height)).join('');
    if (content === '') continue;
    if (changes.length > 1) {
      const frames = changes.map(({ at, place }) => `${round((100 * at) / duration)}%{${shift(place)}}`);
      rules.push(`@keyframes k${row}{${frames.join('')}}`);
      rules.push(
        `.r${row}{${shift(places.get(JSON.stringify(screens[still].rows[row])))};animation:k${row} ${round(duration)}s step-end infinite}`,
      );
    }
    rows.push(
      `<svg x="${padding.x}" y="${padding.top + row * cell.height}" width="${round(columns * cell.width)}" height="${cell.height}"><g class="r${row}">${content}</g></svg>`,
    );
  }
  const buttons = [0, 1, 2].map(
    (index) => `<circle cx="${20 + index * 18}" cy="20" r="5.5" class="button"/>`,
  );
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${escapeXml(title).replaceAll('"', '&quot;')}">
<title>${escapeXml(title)}</title>
<style>
text{font:${fontSize}px ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace;white-space:pre}
.bold{font-weight:700}.dim{opacity:.65}.button{fill:#8b949e;opacity:.45}
${themeRules(themes.light).join('')}
@media (prefers-color-scheme:dark){${themeRules(themes.dark).join('')}}
${rules.join('\n')}
@media (prefers-reduced-motion:reduce){g{animation:none!important}}
</style>
<rect class="window" x=".5" y=".5" width="${width - 1}" height="${height - 1}" rx="9"/>
${buttons.join('')}
${rows.join('\n')}
</svg>
`;
}
