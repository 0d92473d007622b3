/**
 * house/samples: every code sample of the documents, compiled and run.
 */
import { equal, ok } from 'node:assert/strict'
import { before, describe, it } from 'node:test'
import type { Fault } from '#house/fault'
import { codeFiles, pageFiles } from '#house/files'
import { expectNone, readText } from '#house/report'
import { compileSamples, runSample } from '#house/sample-programs'
import { printed, sampleFaults, samplesOf } from '#house/samples'

const pages = [...pageFiles(), ...codeFiles().filter((file) => /\/src\//.test(file))]
  .filter((file) => !file.startsWith('tools/'))
  .map((file) => ({ file, text: readText(file) }))
const samples = pages.flatMap(({ file, text }) => samplesOf(file, text))

describe('the samples of the documents', () => {
  let faults: readonly Fault[] = []
  before(async () => {
    faults = await compileSamples(samples)
  })

  it('are marked so that each is compiled', () =>
    expectNone(pages.flatMap(({ file, text }) => sampleFaults(file, text))))

  it('compile', () => expectNone(faults))

  for (const sample of samples.filter(({ run }) => run)) {
    it(`run: ${sample.file}:${sample.line}`, async () => {
      const { exitCode, output } = await runSample(sample)
      equal(exitCode, 0, `the sample ended with code ${exitCode} and printed:\n${output}`)
      if (sample.expected === undefined) return
      ok(
        printed(sample.expected, output),
        `the page says\n${sample.expected}\nit printed\n${output}`,
      )
    })
  }
})
