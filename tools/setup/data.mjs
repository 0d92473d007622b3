/**
 * setup/data: the recorded data that some tests read, which is not part of the repository.
 *
 * It lies beside the clone, in `../shared/data`. A test that needs a file which is absent says so
 * and passes without it: that is reported, it is not a skip.
 */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { ROOT } from './workspace.mjs'

const FOLDER = join(ROOT, '..', 'shared', 'data')

/** Every file a test may ask for, with what is not tested where it is absent. */
export const SHARED_DATA = Object.freeze({
  'austin-buses-2017-04-18.csv.gz': 'the replay of a real day of 321 city buses',
})

/**
 * Where a file of the shared data lies on this machine.
 *
 * @param {keyof typeof SHARED_DATA} name
 * @returns {string | undefined} undefined where it is absent
 */
export function sharedData(name) {
  const path = join(FOLDER, name)
  return existsSync(path) ? path : undefined
}

/** @returns {string[]} one sentence for each file that is absent */
export function absentData() {
  const names = /** @type {(keyof typeof SHARED_DATA)[]} */ (Object.keys(SHARED_DATA))
  return names
    .filter((name) => sharedData(name) === undefined)
    .map((name) => `../shared/data/${name} is absent: ${SHARED_DATA[name]} is not tested.`)
}
