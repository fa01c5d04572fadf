const markup = Symbol('markup');

/** Markup whose every inserted value has been escaped; only `html` makes it. */
export interface Html {
  readonly [markup]: string;
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Builds markup: strings are escaped for text and for quoted attribute values, markup made by `html` is kept. */
export function html(parts: TemplateStringsArray, ...values: readonly (string | Html | readonly Html[])[]): Html {
  const inserted = values.map((value) => {
    if (typeof value === 'string') return escapeHtml(value);
    return markup in value ? value[markup] : value.map((item) => item[markup]).join('');
  });
  return { [markup]: parts.map((part, index) => part + (inserted[index] ?? '')).join('') };
}

export function toMarkup(content: Html): string {
  return content[markup];
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => entities[character] ?? '');
}
