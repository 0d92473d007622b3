/**
 * client/templates: the work of a run: real texts of this repository, and what is to come of them.
 *
 * Computed once at the beginning, so that thousands of jobs cost the client nothing.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { runKind } from '@troupe-examples/jobs/kinds/run'
import { digestOf } from '#chaos/account/digest'
import type { Chance } from '#chaos/world/chance'
import type { Template } from './template.js'

const TEXTS = fileURLToPath(new URL('../../../../docs/guides/', import.meta.url))
const TEMPLATES = 24
/** No text in UTF-8: such a job cannot succeed. */
const NO_TEXT = new Uint8Array([0xff, 0xfe, 0xc0, 0x80, 0x0a])

/** Makes the work of a run; the same for the same chance. */
export async function makeTemplates(chance: Chance): Promise<readonly Template[]> {
  const texts = readTexts()
  const templates: Template[] = []
  for (let at = 0; at < TEMPLATES; at += 1) {
    const text = excerptOf(texts, chance)
    const [kind, parameters] = workOf(at, chance)
    const outcome = await runKind(kind, parameters, [text], { bytes: text.length })
    const digest = outcome.kind === 'done' ? digestOf(outcome.result) : undefined
    const expected = outcome.kind === 'done' ? 'done' : 'fail'
    templates.push({ kind, parameters, text, expected, digest })
  }
  const parameters = { passes: 1 }
  templates.push({ ...{ kind: 'word-count', parameters, text: NO_TEXT }, ...FAILS })
  return templates
}

const FAILS = Object.freeze({ expected: 'fail' as const, digest: undefined })

function readTexts(): Buffer {
  const names = readdirSync(TEXTS).filter((name) => name.endsWith('.md'))
  return Buffer.concat(names.sort().map((name) => readFileSync(join(TEXTS, name))))
}

/** From one line to another one. */
function excerptOf(texts: Buffer, chance: Chance): Uint8Array {
  const bytes = chance.between(2_000, 60_000)
  const from = texts.indexOf('\n', chance.between(0, texts.length >> 1)) + 1
  const to = texts.indexOf('\n', from + bytes) + 1
  return texts.subarray(from, to === 0 ? texts.length : to)
}

/** From some milliseconds of work to about a second of it. */
function workOf(at: number, chance: Chance): readonly [string, Readonly<Record<string, number>>] {
  switch (at % 4) {
    case 0:
      return ['word-count', { passes: chance.between(1, 10) }]
    case 1:
      return ['n-grams', { n: chance.between(1, 3), passes: chance.between(1, 5) }]
    case 2:
      return ['hash-chain', { rounds: chance.between(10_000, at === 2 ? 800_000 : 150_000) }]
    default:
      return ['gzip', { level: chance.between(1, 9), passes: chance.between(1, 8) }]
  }
}
