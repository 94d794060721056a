const suffix = '.acceptance.json'

/** Whether a file name in the models folder is that of a check record (acceptance.ts). */
export const isAcceptanceFile = (name: string) => name.endsWith(suffix)

/** Path of a check record, next to the manifest. */
export const acceptancePath = (manifestPath: string) => manifestPath.replace(/(\.json)?$/, suffix)
