/** The first two numbers of a version: results of the same minor version can be compared. */
export const minorVersion = (version: string) => version.split('.').slice(0, 2).join('.')
