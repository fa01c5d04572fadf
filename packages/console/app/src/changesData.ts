import { Kind, parse } from 'graphql';

/** Whether a document has a mutation, which is sent when somebody says so, and never because somebody else is looked at. */
export function changesData(document: string): boolean {
  try {
    return parse(document).definitions.some(
      (definition) => definition.kind === Kind.OPERATION_DEFINITION && definition.operation === 'mutation',
    );
  } catch {
    // It cannot be read: the API says so, and runs nothing.
    return false;
  }
}
