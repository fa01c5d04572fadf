import type { Page } from 'playwright-core';

/** Whether the page is wider than its window, so that people would have to scroll sideways to read its text. */
export function overflows(page: Page): Promise<boolean> {
  return page.evaluate('document.documentElement.scrollWidth > window.innerWidth');
}

/**
 * The lowest contrast of text and what is behind it, of all elements that a selector finds, as the Web Content Accessibility
 * Guidelines reckon it (2.2, section "relative luminance"): 4.5 and more is legible (criterion 1.4.3).
 */
export function lowestContrast(page: Page, selector: string): Promise<number> {
  return page.evaluate(`(${measure})(${JSON.stringify(selector)})`);
}

/** Runs in the page. */
const measure = `(selector) => {
  const parse = (color) => color.match(/[\\d.]+/g).map(Number);
  const luminance = ([red, green, blue]) => {
    const [r, g, b] = [red, green, blue].map((value) => {
      const part = value / 255;
      return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const backOf = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const color = parse(getComputedStyle(at).backgroundColor);
      if (color[3] !== 0) return color;
    }
    return [255, 255, 255];
  };
  const ratios = [...document.querySelectorAll(selector)].map((element) => {
    const [a, b] = [parse(getComputedStyle(element).color), backOf(element)].map(luminance);
    return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
  });
  return ratios.length === 0 ? 0 : Math.min(...ratios);
}`;
