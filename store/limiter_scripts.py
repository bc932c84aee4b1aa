"""What the limiter's server does in one go: the scripts of `limiter`.

All moments are whole microseconds of the server's own clock, so that processes need not agree on the time.
A gate is one key that forgets itself. The arithmetic is that of `bookings`; the same tests hold both to the
same rules.
"""

MOST_AHEAD = 2_000
"""Promises that a lane keeps one by one: looking through them takes the server about two milliseconds, by
which an alarm may be late. Beyond them the nearest count as passed, and free chats queue behind them; no
rule is broken."""

KEPT_MS = 60_000
"""A gate is remembered this long after it would hold nobody up: cheap, and more than a clock is corrected
by in one go."""

_COMMON = f"""
local KEPT_MS, MOST_AHEAD = {KEPT_MS}, {MOST_AHEAD}

local function moment(given)
    if given ~= '' then return tonumber(given) end
    local time = redis.call('TIME')
    return time[1] * 1000000 + time[2]
end

-- A gate: when it was looked at last, when its pause ends, and for each lane the moment when the next one
-- would be on time, followed by the promises ahead.
local function load(key, now)
    local kept = redis.call('GET', key)
    local gate = kept and cmsgpack.unpack(kept) or {{now, 0, {{0}}, {{0}}}}
    local back = gate[1] - now
    if back > 0 then  -- the clock stepped back, and with it every moment that it named
        gate[2] = gate[2] - back
        for lane = 3, 4 do
            for i = 1, #gate[lane] do gate[lane][i] = gate[lane][i] - back end
        end
    end
    gate[1] = now
    return gate
end

local function save(key, gate, matters_until)
    local left = math.max(math.ceil((matters_until - gate[1]) / 1000), 0)
    redis.call('SET', key, cmsgpack.pack(gate), 'PX', math.max(left + KEPT_MS, redis.call('PTTL', key)))
end
"""

RESERVE = (
    _COMMON
    + """
local now, urgent, patience = moment(ARGV[1]), ARGV[2] == '1', tonumber(ARGV[3])

local function follow(kept, every, leeway)
    local due, next = kept[1], 2
    while kept[next] and (kept[next] <= now or #kept - next >= MOST_AHEAD) do
        due = math.max(due, kept[next]) + every
        next = next + 1
    end
    local ahead = {}
    for i = next, #kept do ahead[#ahead + 1] = kept[i] end
    return {due = due, ahead = ahead, every = every, leeway = leeway}
end

-- The first promise ahead that would come too early after one at t.
local function clash(lane, due, i, t)
    due = math.max(due, t) + lane.every
    for j = i, #lane.ahead do
        local later = lane.ahead[j]
        if later < due - lane.leeway then return later end
        if due <= later then return nil end  -- from here on nothing is as it was not before
        due = due + lane.every
    end
end

-- The first moment from t on that keeps the rule with all before and all after it, and its place.
local function earliest(lane, t)
    local due, i = lane.due, 1
    while true do
        while lane.ahead[i] and lane.ahead[i] <= t do
            due = math.max(due, lane.ahead[i]) + lane.every
            i = i + 1
        end
        if t < due - lane.leeway then
            t = due - lane.leeway
        else
            local later = clash(lane, due, i, t)
            if not later then return t, i end
            t = later
        end
    end
end

-- The same over the lanes that are open to this send; the common one where it is no later.
local function first_way(lanes, t)
    local best, place, lane = nil, nil, nil
    for n = 1, urgent and #lanes or 1 do
        local at, i = earliest(lanes[n], t)
        if not best or at < best then best, place, lane = at, i, lanes[n] end
    end
    return best, place, lane
end

local gates, t = {}, now
for g, key in ipairs(KEYS) do
    local kept, base = load(key, now), 3 + (g - 1) * 5
    local lanes = {}
    for n = 1, 2 do
        local every, leeway = tonumber(ARGV[base + n * 2 - 1]), tonumber(ARGV[base + n * 2])
        if every > 0 then lanes[n] = follow(kept[n + 2], every, leeway) end
    end
    kept[2] = math.max(kept[2], now + ARGV[base + 5])  -- a pause that the server was not there to hear of
    t = math.max(t, kept[2])
    gates[g] = {key = key, kept = kept, lanes = lanes}
end

local before
repeat
    before = t
    for _, gate in ipairs(gates) do t = first_way(gate.lanes, t) end
until t == before
if t - now > patience then return t - now end

for _, gate in ipairs(gates) do
    local _, place, lane = first_way(gate.lanes, t)
    table.insert(lane.ahead, place, t)
    local matters_until = gate.kept[2]
    for n, each in ipairs(gate.lanes) do
        local last = each.ahead[#each.ahead]
        matters_until = math.max(matters_until, each.due, last and last + each.leeway + each.every or 0)
        table.insert(each.ahead, 1, each.due)
        gate.kept[n + 2] = each.ahead
    end
    save(gate.key, gate.kept, matters_until)
end
return t - now
"""
)
"""Book the first moment that every gate allows and give the microseconds until then; one longer than the
patience is given and not booked. KEYS: the gates. ARGV: the moment or nothing, 1 for urgent, the patience;
then for each gate `every` and `leeway` of both lanes (`every` 0: no such lane), and what is left of a
pause."""

PAUSE = (
    _COMMON
    + """
local gate = load(KEYS[1], moment(ARGV[1]))
gate[2] = math.max(gate[2], gate[1] + ARGV[2])
save(KEYS[1], gate, gate[2])
"""
)
"""Pause the gate KEYS[1]. ARGV: the moment or nothing, the microseconds."""

PAUSED = (
    _COMMON
    + """
local now, left = moment(ARGV[1]), 0
for _, key in ipairs(KEYS) do left = math.max(left, load(key, now)[2] - now) end
return left
"""
)
"""Microseconds until no pause holds the gates of KEYS. ARGV: the moment or nothing."""
