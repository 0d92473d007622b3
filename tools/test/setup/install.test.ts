/**
 * setup/install: when npm has to run, and which Node is recent enough.
 */
import { deepEqual, equal } from 'node:assert/strict'
import { describe, it } from 'node:test'
import { missingPackages, reasonOf } from '#setup/install'
import { nodeIsRecent } from '#setup/ready'

const A = { version: '1.0.0', integrity: 'sha512-a' }

describe('the installed packages', () => {
  it('are complete when they are those of the lock', () =>
    deepEqual(missingPackages({ '': {}, 'node_modules/a': A }, { 'node_modules/a': A }), []))

  it('lack one that is absent, or of another version or content', () => {
    const wanted = { 'node_modules/a': A, 'packages/x/node_modules/b': A, 'node_modules/c': A }
    const present = {
      'packages/x/node_modules/b': { ...A, version: '1.0.1' },
      'node_modules/c': { ...A, integrity: 'sha512-c' },
    }
    deepEqual(missingPackages(wanted, present), Object.keys(wanted))
  })

  it('need not hold what is optional and for another platform', () =>
    deepEqual(missingPackages({ 'node_modules/a': { ...A, optional: true } }, {}), []))
})

describe('the reason npm gives', () => {
  it("is told by its first lines, without npm's advice about flags", () => {
    const output = ['npm error code EUSAGE', 'npm error', 'npm error out of sync', 'npm error a']
    const advice = Array.from({ length: 20 }, (_, index) => `npm error   --flag-${index}`)
    deepEqual(reasonOf([...output, ...advice].join('\n')).split('\n'), [
      'npm error code EUSAGE',
      'npm error out of sync',
      'npm error a',
    ])
  })

  it('is all it printed where it marks no line as an error', () =>
    equal(reasonOf('killed\n'), 'killed'))
})

describe('the version of Node', () => {
  const verdicts = { '18.20.0': false, '20.18.3': false, '20.19.0': true, '22.0.0': true }
  for (const [version, recent] of Object.entries(verdicts)) {
    it(`${version} is ${recent ? 'recent enough' : 'too old'}`, () =>
      equal(nodeIsRecent(version), recent))
  }
})
