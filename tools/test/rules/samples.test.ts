/**
 * rules/samples: how the samples of a page become programs, and that a wrong one is found.
 */
import { deepEqual, equal, match, ok } from 'node:assert/strict'
import { describe, it } from 'node:test'
import { formatFaults } from '#house/fault'
import { compileSamples, runSample } from '#house/sample-programs'
import { printed, type Sample, sampleFaults, samplesOf } from '#house/samples'

const FENCE = '```'

/** The programs of a page, without the empty lines that keep their places. */
const programs = (samples: readonly Sample[]): readonly string[] =>
  samples.map(({ program }) => program.trim().replace(/\n+/g, '; '))

const page = (...lines: readonly string[]): readonly Sample[] =>
  samplesOf('docs/start.md', lines.join('\n'))

describe('a sample', () => {
  it('is a fence of ts; other fences are not programs', () =>
    deepEqual(programs(page(`${FENCE}sh`, 'ls', FENCE, `${FENCE}ts`, 'a()', FENCE)), ['a()']))

  it('stands in its program at the lines it has on its page', () => {
    const [sample] = page('# Title', '', `${FENCE}ts`, 'a()', FENCE)
    equal(sample?.line, 3)
    equal(sample?.program.split('\n').indexOf('a()'), 3)
  })

  it('goes on in a fence that says so', () =>
    deepEqual(
      programs(page(`${FENCE}ts`, 'a()', FENCE, 'and', `${FENCE}ts run continued`, 'b()', FENCE)),
      ['a(); b()'],
    ))

  it('has the hidden lines before it', () =>
    deepEqual(programs(page('<!-- sample', 'import x', '-->', `${FENCE}ts`, 'x()', FENCE)), [
      'import x; x()',
    ]))

  it('has to print what the text after it says', () => {
    const text = [`${FENCE}ts run`, 'a()', FENCE, '', `${FENCE}text`, '5', FENCE]
    deepEqual(
      page(...text, `${FENCE}text`, 'of nobody', FENCE).map(({ run, expected }) => [run, expected]),
      [[true, '5']],
    )
  })

  it('is also found in the comment of a source file, at its line', () => {
    const text = ['/**', ' * A queue.', ` * ${FENCE}ts`, ' * push(1)', ` * ${FENCE}`, ' */', 'f()']
    const [sample] = samplesOf('packages/troupe/src/base/ring.ts', text.join('\n'))
    equal(sample?.program, '\n\n\npush(1)\n')
  })
})

describe('a page', () => {
  it('may not call its samples so that they escape', () =>
    match(
      formatFaults(sampleFaults('a.md', `${FENCE}js\na()\n${FENCE}`)),
      /^a\.md:1: a fence "js"/,
    ))

  it('may not use words that mean nothing', () =>
    match(formatFaults(sampleFaults('a.md', `${FENCE}ts rnu\n${FENCE}`)), /word "rnu" after "ts"/))
})

describe('what a program prints', () => {
  it('equals what the page says, apart from the space around it', () => {
    ok(printed('5\n', '\n5'))
    ok(!printed('5', '55'))
  })

  it('may be anything where the page has an ellipsis', () => {
    ok(printed('node <demo.…>\nready', 'node <demo.17>\nready'))
    ok(!printed('node <demo.…>', 'node <demo.17'))
  })
})

describe('the compiler of samples', () => {
  const good = `${FENCE}ts run\nconst n: number = 2\nconsole.log(n + n)\n${FENCE}`
  const bad = `# A page\n\n${FENCE}ts\nconst wrong: number = 'text'\n${FENCE}`

  it('runs a good one and names the place of a bad one on its page', async () => {
    const folder = 'dist-samples-planted'
    const samples = [...samplesOf('docs/good.md', good), ...samplesOf('docs/bad.md', bad)]
    match(
      formatFaults(await compileSamples(samples, folder)),
      /^docs\/bad\.md:4: TS2322: .*\. Remedy: correct the sample\.$/,
    )
    const [first] = samples
    if (first !== undefined) equal((await runSample(first, folder)).stdout, '4\n')
  })
})
