/** Mid-tones that can be read on white and on black. */
export const colours = { text: '#6e7781', unguarded: '#8b949e', peer: '#4c8dd6', own: '#2da44e' };

export function svgText(x: number, y: number, content: string, weight: 'normal' | 'bold' = 'normal'): string {
  const escaped = content.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
  return `<text x="${svgNumber(x)}" y="${svgNumber(y)}" font-weight="${weight}">${escaped}</text>`;
}

export function svgNumber(value: number): string {
  return String(Math.round(value * 10) / 10);
}
