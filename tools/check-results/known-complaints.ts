/**
 * Messages of validators about correct results, and why they are not faults. docs/dicom-results.md
 * has the same list.
 */
export interface KnownComplaint {
  readonly tool: 'dciodvfy' | 'dcentvfy' | 'dsrdump'
  readonly pattern: RegExp
  readonly reason: string
}

/** The attributes of type 2 of the Patient and General Study modules (PS3.3 C.7.1.1, C.7.2.1). */
const type2 =
  'PatientName|PatientID|PatientBirthDate|PatientSex|StudyDate|StudyTime|ReferringPhysicianName|StudyID|AccessionNumber'

export const knownComplaints: readonly KnownComplaint[] = [
  {
    tool: 'dsrdump',
    pattern: /^W: The VR checker does not support this Specific Character Set: ISO_IR 192$/,
    reason: 'DCMTK 3.6.7 has no check of UTF-8; it reads and prints it correctly.',
  },
  {
    tool: 'dsrdump',
    pattern: /^W: Check for template constraints not yet supported$/,
    reason: 'DCMTK 3.6.7 has no check of TID 2010, which a Key Object Selection follows.',
  },
  {
    tool: 'dciodvfy',
    pattern:
      /^Warning - <.*CodingSchemeDesignator\(0008,0102\)\[1\]> - Unrecognized defined term = <99HIPPOVOLUME>$/,
    reason: 'No standard scheme has a code for the asymmetry index; it cannot know a private one.',
  },
  {
    tool: 'dciodvfy',
    pattern:
      /^Warning - <\/PatientName\(0010,0010\)\[1\]> - Value dubious for this VR \[PN\] .*Retired Person Name form$/,
    reason: 'The source has a name without ^ between its parts; results copy it unchanged.',
  },
  {
    tool: 'dcentvfy',
    pattern: new RegExp(
      `^Warning - Attribute present in one instance but not the other - Element=<(${type2})> `,
    ),
    reason: 'The source lacks an attribute of type 2, which a result must have, empty.',
  },
  {
    tool: 'dcentvfy',
    pattern:
      /^Warning - Attribute present in one instance but not the other - Element=<ProcedureCodeSequence> /,
    reason: 'The source has the optional sequence without an item, which a result must not have.',
  },
  {
    tool: 'dcentvfy',
    // Only with a character outside ASCII in it: plain texts that differ are drift.
    pattern:
      /^Error - String attribute has different value - Element=<\w+> IE=<(Patient|Study)> .*[^\x20-\x7e]/,
    reason:
      'It compares bytes: the text is in its own character set in the source and in UTF-8 in the result.',
  },
  {
    tool: 'dcentvfy',
    pattern:
      /^Warning - Different information entities for attribute - Element=<\w+> IE <Study> versus <Series> .*document\.dcm>/,
    reason: 'Its table of the Encapsulated PDF IOD has attributes of the study at the series.',
  },
  {
    tool: 'dcentvfy',
    pattern:
      /^Warning - Different information entities for attribute - Element=<AccessionNumber> IE <Series> versus <Study> .*note\.dcm>/,
    reason: 'Its table of the Key Object Selection IOD has the study in place of the series.',
  },
]
