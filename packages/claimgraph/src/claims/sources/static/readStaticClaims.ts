import { readFile } from 'node:fs/promises';
import { ClaimsUnavailableError, ConfigurationError } from '../../../errors.ts';
import { decodeText } from '../../../files/readTextFile.ts';
import { reasonOf } from '../../../httpClient/fetchText.ts';
import type { UncountedClaimsSource } from '../../claimsSource.ts';
import { memberOf, parseClaimsList } from '../claimsList.ts';
import { type ParseClaims, parseRecord } from '../parseRecord.ts';
import { type ClaimsRecord, createStaticClaimsSource } from './staticClaimsSource.ts';

/** Claims as a file had them when it was last read. */
export interface FileClaimsSource<C> extends UncountedClaimsSource<C> {
  /**
   * Reads the file anew; nothing else does. Rejects with ConfigurationError and keeps what it had when the file cannot be
   * used. Tell the claims cache afterwards: `server.claims.invalidateAll()`.
   */
  reload(): Promise<void>;
}

/**
 * Business claims from a JSON file, `{ "claims": [{ kind, tenant?, issuer, subject, claims }] }`, every record of which is parsed at
 * once. Rejects with ConfigurationError when there is no such file or anything in it is not as expected.
 */
export async function readStaticClaims<C>(file: string | URL, parse: ParseClaims<C>): Promise<FileClaimsSource<C>> {
  const read = async () => createStaticClaimsSource(await readRecords(file, parse));
  let source = await read();
  return {
    fetchClaims: (subjects) => source.fetchClaims(subjects),
    async reload() {
      source = await read();
    },
  };
}

async function readRecords<C>(file: string | URL, parse: ParseClaims<C>): Promise<readonly ClaimsRecord<C>[]> {
  try {
    const json = parseJson(decodeText(await readFile(file)));
    return parseClaimsList(json).map(({ place, subject, entry }) => {
      if (!Object.hasOwn(entry, 'claims')) throw new TypeError(`${place}.claims: expected claims; got nothing`);
      const claims = parseRecord(parse, memberOf(entry, 'claims'), subject);
      if (claims instanceof ClaimsUnavailableError) throw claims;
      return { ...subject, claims };
    });
  } catch (cause) {
    throw new ConfigurationError(`claims in ${file}: ${reasonOf(cause)}`, { cause });
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    // Without the cause: its message quotes the text.
    throw new TypeError(`${placeOf(text, error)}expected JSON; got something else`);
  }
}

/** `line 3, column 7: `, if V8 tells the position, which it does not for every text. */
function placeOf(text: string, error: unknown): string {
  const [, position] = (error instanceof Error && /at position (\d+)/.exec(error.message)) || [];
  if (position === undefined) return '';
  const lines = text.slice(0, Number(position)).split('\n');
  return `line ${lines.length}, column ${(lines.at(-1)?.length ?? 0) + 1}: `;
}
