const suffix = '.acceptance.json'

/** Whether a file in the folder of the models is the record of a check (acceptance.ts), by its name. */
export const isAcceptanceFile = (name: string) => name.endsWith(suffix)

/** Path of the record of a check, which lies beside the manifest. */
export const acceptancePath = (manifestPath: string) => manifestPath.replace(/(\.json)?$/, suffix)
