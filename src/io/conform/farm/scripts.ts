import { KEEP_SECONDS } from "./keys.ts";

/**
 * Scripts that Redis runs as a whole. But for one that counts, each may run twice with the same arguments
 * without a difference.
 */

/** The mark in `starts` of a test that has a result. Other marks are names of workers, each with a space. */
const DONE = "!";

/**
 * Lets new keys of a run expire together with `starts`, or after a day. Other keys keep their time: only
 * submitters prolong it, so that a run which was removed, or which expires, does not come back.
 */
const KEEP_NEW = `
local function keepNew(starts, keys)
  local left = redis.call('PTTL', starts)
  if left < 0 then left = ${1000 * KEEP_SECONDS} end
  for _, key in ipairs(keys) do
    if redis.call('PTTL', key) == -1 then redis.call('PEXPIRE', key, left) end
  end
end`;

/**
 * Begins a job. KEYS: lease, starts, workers. ARGV: worker, milliseconds after which a silent worker counts
 * as dead, indexes of the job's tests. Marks the first test without a result as begun by the worker. Returns
 * nil if the run's lease has ended; else, for each test, −1 if it has a result, or the number of dead workers
 * that had begun it.
 */
export const BEGIN = `${KEEP_NEW}
if redis.call('EXISTS', KEYS[1]) == 0 then return false end
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local marks = redis.call('HMGET', KEYS[2], unpack(ARGV, 3))
local answers, isMarked = {}, false
for i = 1, #ARGV - 2 do
  local mark = marks[i] or ''
  if mark == '${DONE}' then answers[i] = -1
  else
    local dead, known = 0, false
    for name in string.gmatch(mark, '[^ ]+') do
      if name == ARGV[1] then known = true
      else
        local seen = redis.call('ZSCORE', KEYS[3], name)
        if not seen or now - seen > tonumber(ARGV[2]) then dead = dead + 1 end
      end
    end
    answers[i] = dead
    if not isMarked and not known then redis.call('HSET', KEYS[2], ARGV[i + 2], mark .. ARGV[1] .. ' ') end
    isMarked = true
  end
end
keepNew(KEYS[2], { KEYS[2] })
return answers`;

/**
 * Stores the first result of a test, and marks the next one as begun, unless the run was removed. KEYS:
 * lease, starts, results, done. ARGV: worker, index of the next test or "", then index and result of the
 * finished test, if any. Returns the result that was there before, if any.
 *
 * A test without a mark shows that the run was removed, or that Redis has lost it. In the second case a
 * submitter renews the lease.
 */
export const STEP = `${KEEP_NEW}
local lease, starts, results, done = unpack(KEYS)
local function mark(index, text)
  if redis.call('HSET', starts, index, text) == 0 or redis.call('EXISTS', lease) == 1 then return true end
  redis.call('HDEL', starts, index)
  return false
end
local before = false
if ARGV[3] then
  if not mark(ARGV[3], '${DONE}') then return false end
  if redis.call('HSETNX', results, ARGV[3], ARGV[4]) == 1 then
    if redis.call('RPUSH', done, ARGV[3]) == 1 then keepNew(starts, { starts, results, done }) end
  else before = redis.call('HGET', results, ARGV[3]) end
end
if ARGV[2] ~= '' then
  local text = redis.call('HGET', starts, ARGV[2]) or ''
  if text ~= '${DONE}' and not string.find(text, ARGV[1] .. ' ', 1, true) then
    text = text .. ARGV[1] .. ' '
    -- The run of a result that was stored is there.
    if ARGV[3] then redis.call('HSET', starts, ARGV[2], text)
    elseif mark(ARGV[2], text) then keepNew(starts, { starts }) end
  end
end
return before`;

/**
 * Takes back that a worker has begun tests. KEYS: starts. ARGV: worker, indexes of tests.
 */
export const UNMARK = `
for i = 2, #ARGV do
  local mark = redis.call('HGET', KEYS[1], ARGV[i])
  local at, last = string.find(mark or '', ARGV[1] .. ' ', 1, true)
  if at then redis.call('HSET', KEYS[1], ARGV[i], string.sub(mark, 1, at - 1) .. string.sub(mark, last + 1)) end
end
return 1`;

/**
 * Sets fields of a hash, unless the run was removed. KEYS: lease, starts, hash. ARGV: fields, each followed
 * by its value. Returns 1 if they are set.
 */
export const SET_FIELDS = `${KEEP_NEW}
if redis.call('EXISTS', KEYS[1], KEYS[2]) == 0 then return 0 end
redis.call('HSET', KEYS[3], unpack(ARGV))
keepNew(KEYS[2], { KEYS[3] })
return 1`;

/**
 * Adds 1 to a field of a hash, unless the run was removed. KEYS: lease, starts, hash. ARGV: field. Returns
 * the sum, or 0. This script counts twice if it runs twice.
 */
export const COUNT_FIELD = `${KEEP_NEW}
if redis.call('EXISTS', KEYS[1], KEYS[2]) == 0 then return 0 end
local sum = redis.call('HINCRBY', KEYS[3], ARGV[1], 1)
keepNew(KEYS[2], { KEYS[3] })
return sum`;

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

/**
 * Records that a submitter of a run is alive. KEYS: lease, then the run's other keys. ARGV: submitter,
 * milliseconds of the lease.
 */
export const RENEW = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
redis.call('ZADD', KEYS[1], now, ARGV[1])
redis.call('PEXPIRE', KEYS[1], ARGV[2])
for i = 2, #KEYS do redis.call('EXPIRE', KEYS[i], ${KEEP_SECONDS}) end
return 1`;

/**
 * Ends a submitter. The last one removes the run; others keep it, if they are alive. KEYS: lease, then the
 * run's other keys. ARGV: submitter, milliseconds after which a silent submitter counts as dead. Returns 1 if
 * the run is removed.
 */
export const LEAVE = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
redis.call('ZREM', KEYS[1], ARGV[1])
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now - ARGV[2])
if redis.call('ZCARD', KEYS[1]) == 0 then
  redis.call('DEL', unpack(KEYS))
  return 1
end
for _, key in ipairs(KEYS) do redis.call('PEXPIRE', key, 2 * ARGV[2]) end
return 0`;
