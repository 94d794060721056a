-- Tells HippoVolume that a study has stopped growing. Orthanc runs Lua under one lock that its own
-- HTTP server needs too, so this hook does little, waits briefly and never calls a slow service twice
-- in a row. A call that is lost costs only time: the service looks for missed studies by itself.

local quietSeconds = 30 -- how long a service that was slow to answer is left alone
local quietUntil = 0

local function setting(variable, key)
  local value = os.getenv(variable)
  if value == nil or value == '' then
    local section = (GetOrthancConfiguration() or {})['HippoVolume']
    value = type(section) == 'table' and section[key] or nil
  end
  if type(value) ~= 'string' or value == '' then
    return nil
  end
  return value
end

local saidNoTrace = false

-- Whether Orthanc knows the metadata that the trace is kept in: without it, each PUT would log an error.
local function mayTrace()
  local names = (GetOrthancConfiguration() or {})['UserMetadata']
  if type(names) == 'table' and names['HippoHook'] ~= nil then
    return true
  end
  if not saidNoTrace then
    saidNoTrace = true
    print('HippoVolume hook: UserMetadata has no HippoHook, so studies get no trace of what was announced')
  end
  return false
end

-- Orthanc then overwrites metadata only for those who know its ETag, which Lua cannot read. A study's first
-- trace is written in one go; later the service is asked to write it.
local function checksRevisions()
  return (GetOrthancConfiguration() or {})['CheckRevisions'] == true
end

-- The trace of one event: what it says at first, and at the end. `before` is what an earlier event left.
local function openTrace(studyId, before)
  local isKept, isChecked = mayTrace(), checksRevisions()
  local function write(state)
    RestApiPut('/studies/' .. studyId .. '/metadata/HippoHook', state)
  end
  return {
    needsService = isKept and isChecked and before ~= nil,
    begin = function()
      if isKept and not isChecked then write('pending') end
    end,
    finish = function(state)
      if isKept and not (isChecked and before ~= nil) then write(state) end
    end,
  }
end

-- Answers the service's job id, or nil and the reason.
local function announce(studyId, tags, metadata, noteOnStudy)
  local url = setting('HIPPOVOLUME_URL', 'ServiceUrl')
  local token = setting('HIPPOVOLUME_HOOK_TOKEN', 'HookToken')
  if url == nil or token == nil then
    return nil, 'not configured'
  end
  if not url:match('^https?://[^%s%c]+$') then
    return nil, 'the service URL is not an http or https address'
  end
  -- Only what RFC 6750 allows in a bearer token: anything else could break out of the header.
  if not token:match('^[%w%-%._~%+/]+=*$') then
    return nil, 'the hook token holds characters that a header cannot carry'
  end
  if os.time() < quietUntil then
    return nil, 'the service was slow a moment ago and is left alone'
  end

  if SetHttpTimeout then -- since Orthanc 1.11.1; before that HttpTimeout of the configuration rules
    SetHttpTimeout(2)
  end
  local body = DumpJson({
    orthancStudyId = studyId,
    studyInstanceUid = tags['StudyInstanceUID'],
    lastUpdate = metadata['LastUpdate'],
    noteOnStudy = noteOnStudy,
  }, true)
  local headers = {
    ['Authorization'] = 'Bearer ' .. token,
    ['Content-Type'] = 'application/json',
    ['Expect'] = '', -- or curl waits a second for "100 Continue"
  }
  local started = os.time()
  local answer = HttpPost(url:gsub('/+$', '') .. '/api/v1/stable-studies', body, headers)
  if answer == nil then
    if os.time() - started >= 2 then -- a service that is merely down refuses at once and costs nothing
      quietUntil = os.time() + quietSeconds
    end
    return nil, 'the service did not answer'
  end
  -- Orthanc gives "" for an HTTP error as well as for an empty answer.
  local parsed = answer ~= '' and ParseJson(answer) or nil
  if type(parsed) ~= 'table' or type(parsed['jobId']) ~= 'string' then
    return nil, 'the service refused'
  end
  return parsed['jobId']
end

-- Each result that the service stores makes its study stable again. What the other series held when a
-- study was announced is remembered, so that such an event is not announced; after a restart of Orthanc
-- one is, which costs the service a look and changes nothing.
local remembered = {}
local rememberedStudies = 0
local mostRemembered = 10000

local function remember(studyId, others)
  if rememberedStudies >= mostRemembered then
    remembered, rememberedStudies = {}, 0
  end
  if remembered[studyId] == nil then
    rememberedStudies = rememberedStudies + 1
  end
  remembered[studyId] = others
end

-- What the series hold that the service did not make, and whether there are some that it made.
local function describeOthers(studyId)
  local series = ParseJson(RestApiGet('/studies/' .. studyId .. '/series'))
  local others, hasResults = {}, false
  for _, one in ipairs(series) do
    if one['MainDicomTags']['Manufacturer'] == 'HippoVolume' then
      hasResults = true
    else
      others[#others + 1] = table.concat({ one['ID'], #one['Instances'], one['LastUpdate'] or '' }, ' ')
    end
  end
  table.sort(others)
  return table.concat(others, '\n'), hasResults
end

local function announceStableStudy(studyId, tags, metadata)
  local ran, failure = pcall(function()
    local known, others, hasResults = pcall(describeOthers, studyId)
    if known and hasResults and remembered[studyId] == others then
      return
    end
    local trace = openTrace(studyId, metadata['HippoHook'])
    trace.begin()
    local called, jobId, reason = pcall(announce, studyId, tags, metadata, trace.needsService or nil)
    if called and jobId then
      trace.finish('sent ' .. jobId)
      if known then remember(studyId, others) end
    else
      reason = called and reason or tostring(jobId)
      trace.finish('failed ' .. reason)
      print('HippoVolume hook: study ' .. studyId .. ' not announced: ' .. reason)
    end
  end)
  if not ran then
    print('HippoVolume hook: study ' .. studyId .. ': ' .. tostring(failure))
  end
end

-- Orthanc runs one global function OnStableStudy, and a site may have its own, in a script named before
-- this one or after it. Both run, this one first: so the name is kept free, what a script gives it is
-- remembered, and whoever asks for it gets both. An error of the site's function is logged.
local sitesOwn = rawget(_G, 'OnStableStudy')

local isRunning = false -- a function of the site's that calls the one it found calls this one again

local function runBoth(studyId, tags, metadata)
  if isRunning then return end
  isRunning = true
  announceStableStudy(studyId, tags, metadata)
  local ran, failure = true, nil
  if type(sitesOwn) == 'function' then
    ran, failure = pcall(sitesOwn, studyId, tags, metadata)
  end
  isRunning = false
  if not ran then
    print('OnStableStudy of another script failed for study ' .. studyId .. ': ' .. tostring(failure))
  end
end

local inherited = getmetatable(_G) or {}
local lookUp, assign = inherited.__index, inherited.__newindex
rawset(_G, 'OnStableStudy', nil)
setmetatable(_G, setmetatable({
  __index = function(globals, name)
    if name == 'OnStableStudy' then return runBoth end
    if type(lookUp) == 'function' then return lookUp(globals, name) end
    return lookUp and lookUp[name]
  end,
  __newindex = function(globals, name, value)
    if name == 'OnStableStudy' then
      if value ~= runBoth then sitesOwn = value end
    elseif type(assign) == 'function' then
      assign(globals, name, value)
    else
      rawset(assign or globals, name, value)
    end
  end,
}, { __index = inherited }))
