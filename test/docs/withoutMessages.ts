/** An answer of the API, parsed, without the messages of its errors: their wording is free. */
export function withoutMessages(json: string): unknown {
  return JSON.parse(json, (_key, value: unknown) => {
    if (typeof value !== 'object' || value === null || !('message' in value && 'extensions' in value)) return value;
    const { message: _message, ...rest } = value;
    return rest;
  });
}
