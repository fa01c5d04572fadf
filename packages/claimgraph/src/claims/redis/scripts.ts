import { createHash } from 'node:crypto';

/** A Lua script, which Redis runs whole: nothing comes between its reading and its writing. */
export interface Script {
  readonly text: string;
  readonly sha1: string;
}

/** Longer values are neither written nor read. */
export const maxValueLength = 65_536;

// A value is `<revision> <sealed answer>`, with -1 for no revision. What stands there by somebody else's hand may be of
// any type, so reading uses pcall; so does writing, which a full or read-only Redis refuses.
const shared = `
local function now()
  local time = redis.call('TIME')
  return time[1] * 1000 + math.floor(time[2] / 1000)
end
local function read(key)
  local value = redis.pcall('GET', key)
  if type(value) ~= 'string' or #value > ${maxValueLength} then return nil, -1 end
  return value, tonumber(string.match(value, '^(%d+) ')) or -1
end
`;

/**
 * KEYS: value and lease of each subject, in turn. ARGV: the caller's token, lease in milliseconds, then the least revision of each.
 * Gives the time of Redis in milliseconds, then for each subject its value; without one 1 when the caller is to ask the
 * source, because it has the lease or nobody can, and 0 when somebody else holds it.
 */
export const readOrLease = script(`${shared}
local reply = { now() }
for i = 1, #KEYS, 2 do
  local value, revision = read(KEYS[i])
  if value and revision >= tonumber(ARGV[2 + (i + 1) / 2]) then
    reply[#reply + 1] = value
  else
    local taken = redis.pcall('SET', KEYS[i + 1], ARGV[1], 'NX', 'PX', ARGV[2])
    local isHeld = taken == false and redis.pcall('GET', KEYS[i + 1]) ~= ARGV[1]
    reply[#reply + 1] = isHeld and 0 or 1
  end
end
return reply`);

/**
 * KEYS: value and lease of each subject, in turn. ARGV: token, then of each the value (empty: none), the time of Redis at
 * which it ends, and an unusable value that was seen there (empty: none). Gives the lease back. A value of an older
 * revision does not replace one of a newer.
 */
export const writeAndRelease = script(`${shared}
local failed = false
local time = now()
for i = 1, #KEYS, 2 do
  local at = 2 + (i - 1) / 2 * 3
  local value, left = ARGV[at], math.floor(tonumber(ARGV[at + 1]) - time)
  if value ~= '' and left > 0 then
    local current, revision = read(KEYS[i])
    local isNewer = revision > (tonumber(string.match(value, '^(%d+) ')) or -1) and current ~= ARGV[at + 2]
    local written = isNewer or redis.pcall('SET', KEYS[i], value, 'PX', left)
    if type(written) == 'table' and written.err then failed = written end
  end
  if redis.pcall('GET', KEYS[i + 1]) == ARGV[1] then redis.pcall('DEL', KEYS[i + 1]) end
end
return failed or 1`);

/** KEYS: values. ARGV: the least revision of each that may stay; empty: none may. */
export const forget = script(`${shared}
for i = 1, #KEYS do
  local _, revision = read(KEYS[i])
  if revision < (tonumber(ARGV[i]) or math.huge) then redis.call('DEL', KEYS[i]) end
end
return 1`);

function script(text: string): Script {
  return { text, sha1: createHash('sha1').update(text).digest('hex') };
}
