/**
 * The beginning and the end of a UID, where UIDs differ.
 * @param {string} uid
 */
export function shortenUid(uid) {
  return uid.length <= 30 ? uid : `${uid.slice(0, 9)}…${uid.slice(-18)}`
}
