import type { ApiAnswer } from './judgeAnswer.ts';

/** `data` and `errors` of an answer's text; nothing of a text that is no GraphQL response, such as a page of a gateway. */
export function parseBody(text: string): Pick<ApiAnswer, 'data' | 'errors'> {
  try {
    const { data, errors } = Object(JSON.parse(text));
    return { data, errors };
  } catch {
    return {};
  }
}
