import type { Colorize } from './colorize.ts';
import { printHtml } from './printHtml.ts';
import { printMarkdown } from './printMarkdown.ts';
import { printText } from './printText.ts';
import type { Format, Report } from './report.ts';

/** The report in one format, ending with a line break. */
export function printReport(report: Report, format: Format, paint: Colorize): string {
  switch (format) {
    case 'text':
      return printText(report, paint);
    case 'json':
      return `${JSON.stringify(report.json, undefined, 2)}\n`;
    case 'markdown':
      return printMarkdown(report);
    case 'html':
      return printHtml(report);
    default:
      return format satisfies never;
  }
}
