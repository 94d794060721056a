/** A direction along an axis of the patient: 0 is x (to the left), 1 y (to the back), 2 z (to the head). */
export interface PatientDirection {
  readonly axis: 0 | 1 | 2
  readonly sign: 1 | -1
}

/** One of the three planes of the patient, in radiological convention. */
export interface PatientPlane {
  readonly name: 'Axial' | 'Coronal' | 'Sagittal'
  /** Patient direction to the right of the page. */
  readonly across: PatientDirection
  /** Patient direction down the page. */
  readonly down: PatientDirection
  /** Axis normal to the plane. */
  readonly through: 0 | 1 | 2
}

/** Seen from the feet: the patient's right is on the left of the page. */
export const axialPlane: PatientPlane = {
  name: 'Axial',
  across: { axis: 0, sign: 1 },
  down: { axis: 1, sign: 1 },
  through: 2,
}

/** Seen from the front: the patient's right is on the left of the page. */
export const coronalPlane: PatientPlane = {
  name: 'Coronal',
  across: { axis: 0, sign: 1 },
  down: { axis: 2, sign: -1 },
  through: 1,
}

/** Seen from the patient's left: the front is on the left of the page. */
export const sagittalPlane: PatientPlane = {
  name: 'Sagittal',
  across: { axis: 1, sign: 1 },
  down: { axis: 2, sign: -1 },
  through: 0,
}

export const patientPlanes: readonly PatientPlane[] = [axialPlane, coronalPlane, sagittalPlane]

const letters = [
  { positive: 'L', negative: 'R' },
  { positive: 'P', negative: 'A' },
  { positive: 'H', negative: 'F' },
] as const

/** Letter of the side of the patient that a direction points to (PS3.3 C.7.6.1.1.1: L R A P H F). */
export function orientationLetter({ axis, sign }: PatientDirection): string {
  return sign > 0 ? letters[axis].positive : letters[axis].negative
}

export function opposite({ axis, sign }: PatientDirection): PatientDirection {
  return { axis, sign: sign > 0 ? -1 : 1 }
}
