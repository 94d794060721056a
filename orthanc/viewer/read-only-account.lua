-- The viewer's account may look at images and do nothing else. Orthanc asks before every request.
function IncomingHttpRequestFilter(method, uri, ip, username, httpHeaders)
  if username ~= 'viewer' then
    return true
  end
  return method == 'GET' and uri:find('^/dicom%-web/') ~= nil
end
