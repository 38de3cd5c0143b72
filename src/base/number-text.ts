/**
 * A number as text for a program, `1.0e-07`: the same number to JSON and to YAML 1.1, as which Python reads YAML and
 * which takes `1e-7`, without a point, for text. At most the digits that tell the number from its neighbours.
 */
export function numberText(value: number): string {
  const text = String(value);
  const [, mantissa, sign, exponent] = /^(-?[\d.]+)e([+-])(\d+)$/.exec(text) ?? [];
  if (mantissa === undefined || exponent === undefined) return text;
  return `${mantissa.includes('.') ? mantissa : `${mantissa}.0`}e${sign}${exponent.padStart(2, '0')}`;
}

/** JSON text with every number in it written as `numberText` does. */
export function withNumberText(json: string): string {
  return json.replace(/"[^"\\]*(?:\\.[^"\\]*)*"|-?\d+(?:\.\d+)?e[+-]\d+/gi, (token) =>
    token.startsWith('"') ? token : numberText(Number(token)),
  );
}
