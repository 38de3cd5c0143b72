import { fileURLToPath } from 'node:url';
import { type Canvas, createCanvas, GlobalFonts, PDFDocument } from '@napi-rs/canvas';
import * as vega from 'vega';
import { compile, type TopLevelSpec } from 'vega-lite';
import { type Digest, sha256 } from '../../../base/canonical.js';
import { builtFile } from '../../../base/files/built-file.js';
import { type Figure, figureFont } from './figure.js';

/** A figure as it is kept. */
export interface DrawnFigure extends Figure {
  /** What is inside the SVG, without what names it: the page does that in its own way. */
  readonly drawing: string;
  /** A whole SVG document in the light colours. */
  readonly svg: string;
  readonly png: Uint8Array;
  /** Of the SVG, in its own units. */
  readonly width: number;
  readonly height: number;
}

/** Pixels of a PNG for each unit of the SVG. */
const pixelsPerUnit = 2;

/** Points of the type in a PDF that is laid out for a width in print; figures are laid out for type of 11 units. */
const pointsOfType = 8;
const pointsPerUnit = pointsOfType / 11;
const pointsPerInch = 72;

/**
 * Draws a figure as PDF, laid out for a width in print with type of 8 points: of vectors, its text to be selected and
 * searched, its font embedded. One that does not fit so is scaled down. The same figure gives the same bytes.
 */
export async function drawPdf({ spec, title }: Figure, widthInches: number): Promise<Uint8Array> {
  registerFont();
  vega.resetSVGDefIds();
  const points = widthInches * pointsPerInch;
  const width = points / pointsPerUnit;
  // What it says of a height by steps, which needs no fitting, is nothing to look at.
  const { spec: fitted } = compile(fittedTo(spec, width), { logger: vega.logger(vega.None) });
  const view = new vega.View(vega.parse(fitted), { renderer: 'none' });
  try {
    const size = sizeOf(await view.toSVG());
    const scale = points / Math.max(size.width, width);
    const document = new PDFDocument({ title });
    const context = document.beginPage(points, size.height * scale);
    await view.toCanvas(scale, { externalContext: context });
    document.endPage();
    return document.close();
  } finally {
    view.finalize();
  }
}

/** A spec whose whole width, axes and legend included, is this. */
function fittedTo(spec: TopLevelSpec, width: number): TopLevelSpec {
  // A legend is not fitted: its columns are what fits beside the titles of an axis.
  const room = width - 80;
  const columns = Math.max(1, Math.floor(room / 220));
  const legend = { ...spec.config?.legend, columns, labelLimit: room / columns - 30 };
  return {
    ...spec,
    width,
    autosize: { type: 'fit-x', contains: 'padding' },
    config: { ...spec.config, legend },
  } as TopLevelSpec;
}

/** Of an SVG, in its own units. */
function sizeOf(svg: string): { readonly width: number; readonly height: number } {
  const [, width = 0, height = 0] = (/ width="([\d.]+)" height="([\d.]+)"/.exec(svg) ?? []).map(Number);
  return { width, height };
}

/** Figures that this process has drawn, by what they are made of; those that were asked for last. */
const drawnBefore = new Map<Digest, Promise<Drawing>>();
/** Some 200 kB each. */
const mostKept = 64;

/** What is drawn of a figure. */
type Drawing = Omit<DrawnFigure, keyof Figure>;

/**
 * Draws figures as SVG and PNG, each once: one whose numbers and texts are those of a figure that was drawn before is
 * that one. The same figures give the same bytes on any machine: text is measured and drawn with
 * the one font that comes with kshot, whatever fonts the machine has.
 *
 * @param isWanted asked before each: where it answers false, no more are drawn
 */
export async function drawFigures(
  figures: readonly Figure[],
  isWanted: () => Promise<boolean> = async () => true,
): Promise<readonly DrawnFigure[]> {
  registerFont();
  const drawn: Promise<DrawnFigure>[] = [];
  for (const figure of figures) {
    if (!(await isWanted())) break;
    const { spec, title, description } = figure;
    const digest = sha256(JSON.stringify([spec, title, description]));
    const known = drawnBefore.get(digest);
    // Other threads pack the PNG while the next figure is drawn.
    const drawing = known ?? packed(await draw(figure));
    keep(digest, drawing);
    drawn.push(drawing.then((one) => ({ ...figure, ...one })));
  }
  return await Promise.all(drawn);
}

function keep(digest: Digest, drawing: Promise<Drawing>): void {
  drawnBefore.delete(digest);
  drawnBefore.set(digest, drawing);
  drawing.catch(() => drawnBefore.delete(digest));
  const [oldest] = drawnBefore.keys();
  if (drawnBefore.size > mostKept && oldest !== undefined) drawnBefore.delete(oldest);
}

async function packed({ canvas, ...drawing }: UnpackedDrawing): Promise<Drawing> {
  return { ...drawing, png: await canvas.encode('png') };
}

type UnpackedDrawing = Omit<Drawing, 'png'> & { readonly canvas: Canvas };

async function draw(figure: Figure): Promise<UnpackedDrawing> {
  // Ids inside an SVG are counted over all that a process draws.
  vega.resetSVGDefIds();
  const view = new vega.View(vega.parse(compile(figure.spec).spec), { renderer: 'none' });
  try {
    // Vega's own roles name each mark; a picture as a whole is what is described here.
    const plain = (await view.toSVG()).replaceAll(/ (?:role|aria-[a-z]+)="[^"]*"/g, '');
    const { width, height } = sizeOf(plain);
    const canvas = createCanvas(Math.ceil(width * pixelsPerUnit), Math.ceil(height * pixelsPerUnit));
    const context = canvas.getContext('2d');
    await view.toCanvas(pixelsPerUnit, { externalContext: context });
    const drawing = plain.replace(/^<svg[^>]*>/, '').replace(/<\/svg>\s*$/, '');
    const svg = svgDocument(figure, drawing, width, height);
    return { drawing, svg, canvas, width, height };
  } finally {
    view.finalize();
  }
}

function svgDocument({ title, description }: Figure, drawing: string, width: number, height: number): string {
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" role="img" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">`,
    `<title>${escapeMarkup(title)}</title>`,
    `<desc>${escapeMarkup(description)}</desc>`,
    `${drawing}</svg>`,
    '',
  ].join('\n');
}

function escapeMarkup(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/** How Vega measures text; its typings leave it out. */
const { textMetrics } = vega as unknown as {
  textMetrics: { width: (item: { readonly fontSize?: number }, text: unknown) => number };
};

let isFontInUse = false;

function registerFont(): void {
  if (isFontInUse) return;
  isFontInUse = true;
  for (const file of ['DejaVuSans.ttf', 'DejaVuSans-Bold.ttf']) {
    GlobalFonts.registerFromPath(fileURLToPath(builtFile(`fonts/${file}`)), figureFont);
  }
  const context = createCanvas(1, 1).getContext('2d');
  const widths = new Map<string, number>();
  // Vega's own place to say how text is measured; without it widths are guessed from the number of letters.
  textMetrics.width = ({ fontSize: size = 11 }, text) => {
    const line = `${text ?? ''}`.trim();
    const name = `${size} ${line}`;
    const known = widths.get(name);
    if (known !== undefined) return known;
    context.font = `${size}px "${figureFont}"`;
    const { width } = context.measureText(line);
    widths.set(name, width);
    return width;
  };
}
