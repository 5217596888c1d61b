-- What wrk sends, and how it judges the answers:
--
--   wrk … -s seed-requests.lua URL -- KIND WORD PATH DOMAIN NAMES FIRST BETWEEN [AUTHORIZATION]
--
--   KIND    `fresh`: each request is for the next name, with the next address, which no request had before
--           `still`: each request is for the next name, with the address that it has in the zone file
--           `constant`: all requests are for PATH
--   WORD    what a right answer begins with
--   PATH    the URL's path up to the name's number
--   DOMAIN  what follows the number in the name
--   NAMES   how many names there are, numbered from 0
--   FIRST   the number of the first fresh address
--   BETWEEN what stands between name and address
--   AUTHORIZATION  the value of that header
--
-- bench/update/numbered-names.ts counts names and addresses in the same way.

issued, right, wrong, firstWrong = 0, 0, 0, ''

local kind, word, names, number, between
local starts, tail = {}, nil

function init(args)
  local path, domain, authorization
  kind, word, path, domain, names, number = args[1], args[2], args[3], args[4], tonumber(args[5]), tonumber(args[6])
  between, authorization = args[7], args[8]
  tail = ' HTTP/1.1\r\nHost: ' .. wrk.headers['Host'] .. '\r\n'
  if authorization then tail = tail .. 'Authorization: ' .. authorization .. '\r\n' end
  tail = tail .. '\r\n'
  for index = 0, names - 1 do
    local named = 'GET ' .. path .. index .. '.' .. domain .. between
    if kind == 'fresh' then
      starts[index] = named .. '10.'
    elseif kind == 'still' then
      starts[index] = named .. '198.51.100.' .. (index % 254 + 1) .. tail
    else
      starts[index] = 'GET ' .. path .. tail
    end
  end
end

function request()
  issued = issued + 1
  local start = starts[number % names]
  local address = ''
  if kind == 'fresh' then
    address = math.floor(number / 65536) .. '.' .. math.floor(number / 256) % 256 .. '.' .. number % 256 .. tail
  end
  number = number + 1
  return start .. address
end

function response(status, _, body)
  if status == 200 and body:sub(1, #word) == word then
    right = right + 1
    return
  end
  wrong = wrong + 1
  if wrong == 1 then firstWrong = status .. ' ' .. body:sub(1, 200) end
end

local threads = {}

function setup(thread)
  threads[#threads + 1] = thread
end

function done(summary, latency)
  -- One thread makes all requests; with two, both would count from FIRST.
  local thread, faults = threads[1], summary.errors
  io.write(string.format('RESULT issued=%d right=%d wrong=%d socketFaults=%d timeouts=%d microseconds=%d',
    thread:get('issued'), thread:get('right'), thread:get('wrong'), faults.connect + faults.read + faults.write,
    faults.timeout, summary.duration))
  io.write(string.format(' medianMicroseconds=%d p99Microseconds=%d\n', latency:percentile(50), latency:percentile(99)))
  io.write('WRONG ', thread:get('firstWrong'), '\n')
end
