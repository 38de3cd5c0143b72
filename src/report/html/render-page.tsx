import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { renderToStaticMarkup } from 'react-dom/server';
import { stringify } from 'yaml';
import { Page, type PageContents } from './components/page.js';
import { colourVariables, darkColours, lightColours } from './palette.js';

const asset = (name: string) => readFileSync(new URL(name, import.meta.url), 'utf8');

/**
 * The page as one file that needs no other and no network; what is not of kshot stands in it as text, and a policy
 * inside it lets no other script run. The same contents give the same bytes.
 */
export function renderPage({ contents, ...rest }: Omit<PageContents, 'configuration'>): string {
  const style = [
    `:root { ${colourVariables(lightColours)} }`,
    `@media (prefers-color-scheme: dark) { :root { ${colourVariables(darkColours)} } }`,
    // On paper, whatever the screen is.
    `@media print { :root { ${colourVariables(lightColours)} } }`,
    asset('./page.css'),
  ].join('\n');
  const script = asset('./page-script.js');
  const policy = [
    "default-src 'none'",
    "style-src 'unsafe-inline'",
    'img-src data:',
    `script-src 'sha256-${createHash('sha256').update(script).digest('base64')}'`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  const { report } = contents;
  const configuration = stringify(contents.configuration, { lineWidth: 100 });
  const html = renderToStaticMarkup(
    <html lang="en">
      <head>
        <meta charSet="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta httpEquiv="Content-Security-Policy" content={policy} />
        <meta name="color-scheme" content="light dark" />
        <title>{`${report.pipeline}/${report.run}: kshot report`}</title>
        {/* biome-ignore lint/security/noDangerouslySetInnerHtml: a file of kshot's own */}
        <style dangerouslySetInnerHTML={{ __html: style }} />
      </head>
      <body>
        <Page contents={contents} configuration={configuration} {...rest} />
        {/* biome-ignore lint/security/noDangerouslySetInnerHtml: a file of kshot's own */}
        <script dangerouslySetInnerHTML={{ __html: script }} />
      </body>
    </html>,
  );
  return `<!doctype html>\n${html}\n`;
}
