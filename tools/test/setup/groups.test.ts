/**
 * setup/groups.test: which test files share a program.
 */
import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import { grouped, withPrograms } from '#setup/groups'

const UNIT = 'packages/troupe/dist-test/unit'
const numbered = (count: number): readonly string[] =>
  Array.from({ length: count }, (_, at) => `${UNIT}/${at}.test.js`)

describe('files of tests', () => {
  it('of one folder share programs of eight', () => {
    assert.deepEqual(
      grouped(numbered(20)).map((files) => files.length),
      [8, 8, 4],
    )
    assert.deepEqual(grouped(numbered(20)).flat(), numbered(20))
  })

  it('of two folders share none', () => {
    const other = 'packages/log/dist-test/log.test.js'
    const [first = '', second = ''] = numbered(2)
    assert.deepEqual(grouped([first, other, second]), [[first, second], [other]])
  })

  it('that plant faults, open stores or browsers have one of their own', () => {
    const alone = ['troupe/dist-test/mutants', 'observer/dist-test/browser']
      .map((folder) => `packages/${folder}`)
      .concat('examples/jobs/dist-test/store')
      .flatMap((folder) => [`${folder}/a.test.js`, `${folder}/b.test.js`])
    assert.deepEqual(
      grouped(alone),
      alone.map((file) => [file]),
    )
  })

  it('are named by programs that are gone afterwards', async () => {
    const made = await withPrograms([numbered(2), ['one.test.js']], (paths) => {
      const [program = '', single] = paths
      assert.equal(single, 'one.test.js')
      assert.match(readFileSync(program, 'utf8'), /unit\/0\.test\.js"\nimport "file:.*1\.test\.js"/)
      return Promise.resolve(program)
    })
    assert.equal(existsSync(made), false)
  })
})
