/**
 * Orthanc's DICOMweb 1.7 treats `includefield=A%2CB` as one unknown field, so OHIF loses the
 * studies' descriptions: commas in this parameter are sent unescaped.
 */
export function decodeIncludeFields(search: string): string {
  return search.replace(/(includefield=)([^&]*)/gi, (_, name: string, value: string) => {
    return name + value.replace(/%2C/gi, ',')
  })
}

/**
 * OHIF 3.13 reads VOILUTFunction (0028,1056) "LINEAR" as "L" and shows a black image (OHIF #6239).
 * LINEAR is also the default (PS3.3 C.11.2.1.3), so it is omitted; others stay.
 */
export function dropLinearVoiLutFunction(metadata: string): string {
  const instances = JSON.parse(metadata) as Record<string, { Value?: unknown[] }>[]
  for (const instance of instances) {
    if (instance['00281056']?.Value?.[0] === 'LINEAR') delete instance['00281056']
  }
  return JSON.stringify(instances)
}
