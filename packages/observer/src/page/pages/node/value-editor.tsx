/**
 * page/pages/node/value-editor: where a value is typed, with its type beside it.
 */
import type { VNode } from 'preact'
import { Choice, Field, TextArea } from '#page/kit/fields'
import type { Draft, ValueKind, Withheld } from '#page/model/typed-value'

/** A word for each type, for a list. */
export const KIND_NAMES: Readonly<Record<ValueKind, string>> = {
  text: 'text',
  number: 'number',
  bigint: 'whole number',
  flag: 'true or false',
  json: 'JSON',
  nothing: 'nothing',
}

/** Words for each type, where one is chosen. */
const KIND_WORDS: Readonly<Record<ValueKind, string>> = {
  text: 'text',
  number: 'number',
  bigint: 'whole number of any size',
  flag: 'true or false',
  json: 'list or object, as JSON',
  nothing: 'nothing (null)',
}

const WITHHELD_WORDS = {
  hidden: 'The present value is hidden, or holds something that is: it is replaced as a whole.',
  cut: 'The present value is longer than is told: it is replaced as a whole.',
}

/** The fields. */
export function ValueEditor({
  draft,
  kinds,
  before,
  withheld,
}: {
  readonly draft: { value: Draft }
  /** Types that may be chosen. */
  readonly kinds: readonly ValueKind[]
  /** The type of the present value; undefined: there is none, or it is not known. */
  readonly before: ValueKind | undefined
  readonly withheld: Withheld
}): VNode {
  const { kind } = draft.value
  const isOther = before !== undefined && before !== kind
  return (
    <>
      {withheld !== undefined && <p class="form-hint">{WITHHELD_WORDS[withheld]}</p>}
      <Choice
        label="Type"
        value={kind}
        choices={kinds.map((each) => [each, KIND_WORDS[each]] as const)}
        onValue={(chosen) => {
          const text = chosen === 'flag' ? 'true' : draft.value.text
          draft.value = { kind: chosen, text }
        }}
      />
      <ValueField draft={draft} />
      {isOther && (
        <p class="form-hint words-warn">
          It was a {KIND_WORDS[before]}; who reads it gets a {KIND_WORDS[kind]} from now on.
        </p>
      )}
    </>
  )
}

function ValueField({ draft }: { readonly draft: { value: Draft } }): VNode | null {
  const { kind, text } = draft.value
  const type = (typed: string): void => {
    draft.value = { kind, text: typed }
  }
  switch (kind) {
    case 'nothing':
      return null
    case 'flag':
      return <Choice label="Value" value={text} choices={FLAGS} onValue={type} />
    case 'json':
      return <TextArea label="Value" value={text} onValue={type} />
    case 'number':
      return <Field label="Value" inputMode="decimal" value={text} onValue={type} />
    case 'bigint':
      return <Field label="Value" inputMode="numeric" value={text} onValue={type} />
    case 'text':
      return <Field label="Value" value={text} onValue={type} />
  }
}

const FLAGS = [
  ['true', 'true'],
  ['false', 'false'],
] as const satisfies readonly (readonly [string, string])[]

/** A field for a text that somebody holds. */
export const TextIn = ({
  label,
  of,
}: {
  readonly label: string
  readonly of: { value: string }
}): VNode => (
  <Field
    label={label}
    value={of.value}
    onValue={(text) => {
      of.value = text
    }}
  />
)
