/**
 * setup/reporter: skips are told, fail a strict run, and the runner's summary stays last.
 */
import { equal, match, ok } from 'node:assert/strict'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { runQuietTests } from '#setup/tests'
import { ROOT } from '#setup/workspace'
import { runNodeScript } from '#test/setup/script'

const FIXTURE = join(ROOT, 'tools', 'test', 'fixtures', 'reporter.mjs')
const FAILING = 'tools/test/fixtures/failing.mjs'
/** A runner inside a runner would report to the outer one. */
const APART = { NODE_TEST_CONTEXT: undefined }

describe('a run with a skipped test', () => {
  it('passes and names the test and the reason', async () => {
    const { exitCode, output } = await runQuietTests([FIXTURE], { ...APART, CI: undefined })
    equal(exitCode, 0)
    match(output, /1 skipped:\n {2}a fact that needs a database: dbd is not installed\n/)
  })

  it('fails under CI=true', async () => {
    const { exitCode, output } = await runQuietTests([FIXTURE], { ...APART, CI: 'true' })
    equal(exitCode, 1)
    match(output, /1 skipped, which is a failure under CI=true:/)
  })

  it('ends with the summary of the runner', async () => {
    const { output } = await runQuietTests([FIXTURE], { ...APART, CI: 'true' })
    const last = output.trimEnd().split('\n').at(-1) ?? ''
    ok(/duration_ms/.test(last), last)
  })
})

describe('a run of two lanes', () => {
  it('tells at its end what failed, also in the first', async () => {
    const { exitCode, output } = await runNodeScript('tools/test/fixtures/two-lanes.mjs', [], {})
    equal(exitCode, 1)
    const [, told = ''] = output.split('what failed:\n')
    equal(told, `${FAILING}: a fact that is none\n    two is not three\n`)
  })
})
