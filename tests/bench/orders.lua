-- wrk's requests: POSTs of the bodies in these files in turn, each with an id of its own.
-- Arguments: the stem of the ids, then "Name: value" headers, then "--files", then the files.
local bodies, made, stem = {}, 0, ""

function init(args)
  stem = args[1]
  local is_file = false
  for place = 2, #args do
    if args[place] == "files" then
      is_file = true
    elseif is_file then
      local file = io.open(args[place], "rb")
      bodies[#bodies + 1] = file:read("*a")
      file:close()
    else
      local name, value = args[place]:match("^([^:]+): (.+)$")
      wrk.headers[name] = value
    end
  end
end

function request()
  made = made + 1
  local id = string.format("%s-0000-4000-8000-%012x", stem, made)
  local body = bodies[made % #bodies + 1]:gsub("ORDERID", id):gsub("1234567890", made)
  return wrk.format("POST", nil, nil, body)
end

function done(summary, latency)
  local errors = summary.errors
  io.write(string.format(
    '{"requests": %d, "seconds": %f, "failed": %d, "p50_ms": %f, "p99_ms": %f}\n',
    summary.requests, summary.duration / 1e6,
    errors.status + errors.connect + errors.read + errors.write + errors.timeout,
    latency:percentile(50) / 1e3, latency:percentile(99) / 1e3))
end
