/**
 * page/frame/login: the server wants to be told its token first.
 */
import { useSignal } from '@preact/signals'
import type { VNode } from 'preact'
import type { Problem } from '#observer/contract/api'
import { ProblemBox } from '#page/kit/basics'
import { Field } from '#page/kit/fields'
import { login } from '#page/live/api'
import { retryNow } from '#page/live/stream'

export function Login(): VNode {
  const token = useSignal('')
  const problem = useSignal<Problem | undefined>(undefined)
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault()
    const answer = await login(token.value)
    if (answer.kind === 'problem') problem.value = answer.problem
    else retryNow()
  }
  return (
    <main class="login" id="main">
      <form class="card login-card" onSubmit={(event) => void submit(event)}>
        <h1>Observer</h1>
        <p>This Observer shows its cluster to those who have its token.</p>
        <Field
          label="Token"
          type="password"
          value={token.value}
          onValue={(text) => {
            token.value = text
          }}
        />
        {problem.value !== undefined && <ProblemBox problem={problem.value} />}
        <button type="submit" class="button button-strong" disabled={token.value === ''}>
          Look inside
        </button>
      </form>
    </main>
  )
}
