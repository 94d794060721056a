import type { VerdictReason } from '../../src/selection/verdict-reason.ts'

/** Descriptions as they stand in archives of nine languages, on a series with the parameters of an MPRAGE. */
export const describedSeries: readonly (readonly [VerdictReason, string, string])[] = [
  ['CHOSEN', 'English', 'SAG T1 MPRAGE W/O CONTRAST'],
  ['CHOSEN', 'English', 'T1 3D non-enhanced'],
  ['CHOSEN', 'English', 'T1 high contrast 1mm'],
  ['CHOSEN', 'English', 'T1 post treatment'],
  ['CHOSEN', 'English', 'T1 post training'],
  ['CHOSEN', 'English', 'T1 DBS target loc'],
  ['CONTRAST_AGENT', 'English', 'AX T1 MPRAGE POST'],
  ['CONTRAST_AGENT', 'English', 'T1 BRAVO +C'],
  ['CONTRAST_AGENT', 'English', 'CE MPRAGE'],
  ['CONTRAST_AGENT', 'English', 'T1 W/C STEALTH'],
  ['CHOSEN', 'German', 't1_mpr_sag_nativ'],
  ['CHOSEN', 'German', 't1_mprage ohne KM'],
  ['CHOSEN', 'German', 'T1 3D hoher Kontrast'],
  ['CHOSEN', 'German', 't1_mprage_oKM'],
  ['CONTRAST_AGENT', 'German', 't1_mprage_mKM'],
  ['CONTRAST_AGENT', 'German', 't1_mprage p.KM'],
  ['CONTRAST_AGENT', 'German', 't1_mprage_nach_KM'],
  ['CHOSEN', 'French', '3DT1 SANS INJECTION'],
  ['CHOSEN', 'French', '3D T1 avant injection'],
  ['CONTRAST_AGENT', 'French', 'T1 3D APRES INJ'],
  ['CONTRAST_AGENT', 'French', '3DT1 GADO'],
  ['CONTRAST_AGENT', 'French', 'T1 3D injecté'],
  ['CHOSEN', 'Italian', 'T1 3D senza mdc'],
  ['CHOSEN', 'Italian', 'T1 3D prima del mdc'],
  ['CONTRAST_AGENT', 'Italian', 'MPRAGE MDC'],
  ['CONTRAST_AGENT', 'Italian', 'T1 3D dopo mdc'],
  ['CHOSEN', 'Spanish', 'SAG T1 3D sin contraste'],
  ['CONTRAST_AGENT', 'Spanish', 'SAG T1 3D con contraste'],
  ['CONTRAST_AGENT', 'Spanish', 'T1 3D CIV+'],
  ['CHOSEN', 'Portuguese', 'T1 3D sem contraste'],
  ['CONTRAST_AGENT', 'Portuguese', 'T1 3D pós contraste'],
  ['CHOSEN', 'Dutch', 'T1 3D zonder contrast'],
  ['CONTRAST_AGENT', 'Dutch', 'T1 3D na contrast'],
  ['CONTRAST_AGENT', 'Dutch', 'T1 3D met gado'],
  ['CHOSEN', 'Swedish', 'T1 3D utan kontrast'],
  ['CONTRAST_AGENT', 'Swedish', 'T1 3D med kontrast'],
  ['CONTRAST_AGENT', 'Swedish', 'T1 K+'],
  ['CHOSEN', 'Polish', 'T1 3D bez kontrastu'],
  ['CONTRAST_AGENT', 'Polish', 'T1 3D po kontraście'],
  ['CONTRAST_AGENT', 'Polish', 'T1 3D z kontrastem'],
  ['CONTRAST_AGENT', 'Russian', 'Т1 3D с контрастом'],
  ['CHOSEN', 'Russian', 'T1 3D без контраста'],
]

/** Descriptions that are all that is left of a series but its size. */
export const namedSeries: readonly (readonly [VerdictReason, string])[] = [
  ...[
    ...['T1w', 'T1W_3D', '3DT1', '3D_T1W', 'anat-T1w', 'T1W_3D_FFE', 'AnatBrain_T1W3D', 'anatT1w'],
    ...['mprage', 'SAG 3D BRAVO', 'IR-FSPGR', 'T1-gewichtet 3D', 'T1 pondéré 3D', 'T1 pesata 3D'],
  ].map((name) => ['CHOSEN', name] as const),
  ...[
    ...['sag 3D', 'T2w 3D', '3D FLAIR', 'event1', 'PAT1', 'T10-T12', 'T1rho', 'qT1', 'T1 map'],
    ...['t1_space_sag', 'T1 CUBE', 'T1 TSE', 'SWI', 'PD 3D', 'MPR cor'],
  ].map((name) => ['NOT_T1', name] as const),
]

/** What is written into ContrastBolusAgent where none was given. */
export const deniedAgents: readonly string[] = [
  ...['NO CONTRAST', 'N/A', 'UNKNOWN', 'none given', 'Non', 'sans', 'Keine', '0 ml', 'None', '-'],
  ...['kein KM', 'ohne', 'ingen', 'uden', 'geen', 'sin contraste', 'nessuno', 'nenhum', 'brak'],
  ...[
    'Contrast: none',
    'w/o',
    'not given',
    '0,0 ml',
    'Gadovist 0 ml',
    'n.a.',
    'IV: no',
    'без',
    'yok',
  ],
]

/** What is written there where one was. */
export const givenAgents: readonly string[] = [
  ...['8 ml Gadovist', 'GADAVIST', 'YES', 'Y', '1', 'Dotarem 10 ml', 'Gd-DTPA', 'IV', '10 ml'],
  ...['Magnevist 0.5 mmol/ml 20 ml', 'Kontrastmittel', 'Novist', '0.2 ml/kg Clariscan'],
]
