import { ownManufacturer } from '../selection/own-result.ts'
import type { FhirInput } from './fhir-input.ts'
import { deviceSystem } from './identifiers.ts'
import { type BundleEntry, entryOf } from './resource-common.ts'

/** The software and the model that measured: one device for each pair. */
export function device({ jobId, model, softwareVersion }: FhirInput): BundleEntry {
  return entryOf({ jobId }, 'device', {
    resourceType: 'Device',
    identifier: [{ system: deviceSystem, value: `${softwareVersion}/${model.sha256}` }],
    manufacturer: ownManufacturer,
    deviceName: [{ name: ownManufacturer, type: 'manufacturer-name' }],
    type: { text: 'Automatic hippocampal volumetry (research software)' },
    version: [
      { type: { text: 'software' }, value: softwareVersion },
      { type: { text: `model ${model.name}` }, value: model.version },
      { type: { text: 'model sha256' }, value: model.sha256 },
    ],
  })
}
