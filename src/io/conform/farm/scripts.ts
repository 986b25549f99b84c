/** Scripts that Redis runs as a whole. Each may run twice with the same arguments without a difference. */

/**
 * Begins an execution. KEYS: results, starts, workers. ARGV: index, worker, milliseconds after which a silent
 * worker counts as dead. Returns −1 if there is a result already, else the number of dead workers that had
 * begun this test.
 */
export const BEGIN = `
if redis.call('HEXISTS', KEYS[1], ARGV[1]) == 1 then return -1 end
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local before = redis.call('HGET', KEYS[2], ARGV[1]) or ''
local dead, known = 0, false
for name in string.gmatch(before, '[^ ]+') do
  local seen = redis.call('ZSCORE', KEYS[3], name)
  if name == ARGV[2] then known = true
  elseif not seen or now - seen > tonumber(ARGV[3]) then dead = dead + 1 end
end
if not known then redis.call('HSET', KEYS[2], ARGV[1], before .. ARGV[2] .. ' ') end
redis.call('EXPIRE', KEYS[2], 86400)
return dead`;

/**
 * Stores the first result of a test. KEYS: results, done. ARGV: index, result. Returns the result that was
 * there before, if any.
 */
export const STORE = `
local before = redis.call('HGET', KEYS[1], ARGV[1])
if before then return before end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
redis.call('RPUSH', KEYS[2], ARGV[1])
redis.call('EXPIRE', KEYS[1], 86400)
redis.call('EXPIRE', KEYS[2], 86400)
return false`;

/** Records that a worker is alive, and forgets those unseen for a day. KEYS: workers. ARGV: worker. */
export const ALIVE = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
redis.call('ZADD', KEYS[1], now, ARGV[1])
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now - 86400000)
return 1`;

/** The workers that were seen in the last ARGV[1] milliseconds. KEYS: workers. */
export const LIVING = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
return redis.call('ZRANGEBYSCORE', KEYS[1], now - ARGV[1], '+inf')`;

/** Lets keys expire after ARGV[1] seconds, those that exist. */
export const KEEP = `
for _, key in ipairs(KEYS) do redis.call('EXPIRE', key, ARGV[1]) end
return 1`;

/** Takes or keeps a lock. KEYS: lock. ARGV: owner, milliseconds. Returns 1 if `owner` has it. */
export const OWN = `
local owner = redis.call('GET', KEYS[1])
if owner and owner ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return 1`;
