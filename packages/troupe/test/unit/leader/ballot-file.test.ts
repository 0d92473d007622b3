/**
 * The ballot of a voter in a file of its own.
 */
import assert from 'node:assert/strict'
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it, type TestContext } from 'node:test'
import { type Ballot, ballotFile, TroupeError } from 'troupe'

const BALLOT: Ballot = {
  term: 7,
  votedFor: 'b@host',
  voters: ['a@host', 'b@host', 'c@host'],
  votersTerm: 3,
  votersChange: 1,
}

async function folder(t: TestContext): Promise<string> {
  const made = await mkdtemp(join(tmpdir(), 'troupe-ballot-'))
  t.after(() => rm(made, { recursive: true }))
  return made
}

const isInvalid = (error: unknown): boolean => TroupeError.is(error, 'BALLOT_INVALID')

describe('a ballot file', () => {
  it('that never was is no ballot', async (t) => {
    const path = join(await folder(t), 'deep', 'one.ballot')
    assert.equal(await ballotFile({ path }).load(), undefined)
  })

  it('gives back what was saved last, to another program too', async (t) => {
    const path = join(await folder(t), 'deep', 'one.ballot')
    const storage = ballotFile({ path })
    await storage.save({ ...BALLOT, term: 6 })
    await storage.save(BALLOT)
    assert.deepEqual(await ballotFile({ path }).load(), BALLOT)
    assert.deepEqual(await readdir(join(path, '..')), ['one.ballot'])
  })

  it('keeps the order of saves that do not wait for each other', async (t) => {
    const path = join(await folder(t), 'one.ballot')
    const terms = Array.from({ length: 20 }, (_, at) => at)
    await Promise.all(terms.map((term) => ballotFile({ path }).save({ ...BALLOT, term })))
    assert.equal((await ballotFile({ path }).load())?.term, 19)
  })

  it('that is damaged is refused with a code, never taken for none', async (t) => {
    const path = join(await folder(t), 'one.ballot')
    const storage = ballotFile({ path })
    await storage.save(BALLOT)
    const whole = await readFile(path, 'utf8')
    const damaged = [
      '',
      'something else',
      whole.slice(0, -1),
      whole.replace('"term":7', '"term":8'),
      whole.replace('troupe-ballot-1', 'troupe-ballot-2'),
    ]
    for (const text of damaged) {
      await writeFile(path, text)
      await assert.rejects(storage.load(), isInvalid, JSON.stringify(text))
    }
    await writeFile(path, whole)
    assert.deepEqual(await storage.load(), BALLOT)
  })

  it('that cannot be read or written rejects', async (t) => {
    const path = join(await folder(t), 'one.ballot')
    await mkdir(path)
    await assert.rejects(ballotFile({ path }).load(), isInvalid)
    await assert.rejects(ballotFile({ path }).save(BALLOT))
  })

  it('needs a path', () => {
    for (const path of ['', undefined, 3]) {
      assert.throws(
        () => ballotFile({ path: path as string }),
        (error) => TroupeError.is(error, 'OPTION_INVALID') && error.detail.option === 'path',
      )
    }
  })
})
