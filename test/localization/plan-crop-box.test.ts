import { expect, it } from 'vitest'
import { planCropBox } from '../../src/localization/plan-crop-box.ts'
import { affineColumn, spacingOf, voxelToPatient } from '../../src/volume/patient-affine.ts'
import { scale } from '../../src/volume/vector3.ts'
import { rotatedDirections } from '../volume/phantom.ts'

it('lays a 1 mm box along the axes of the head, its middle on the centre, axes as the model wants them', () => {
  const [left, posterior, superior] = rotatedDirections([20, -10, 15])
  const headAxes = { right: scale(left, -1), anterior: scale(posterior, -1), superior }
  const { dimensions, affine } = planCropBox({ headAxes }, [12, -30, 44], [36, 51, 40])
  expect(dimensions).toEqual([40, 51, 36])
  spacingOf(affine).forEach((mm) => {
    expect(mm).toBeCloseTo(1, 9)
  })
  expect(affineColumn(affine, 0)).toEqual(superior)
  expect(affineColumn(affine, 1)).toEqual(headAxes.anterior)
  expect(affineColumn(affine, 2)).toEqual(headAxes.right)
  const middle = voxelToPatient(affine, [19.5, 25, 17.5])
  ;[12, -30, 44].forEach((mm, i) => {
    expect(middle[i]).toBeCloseTo(mm, 9)
  })
})
