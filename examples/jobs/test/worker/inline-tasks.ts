/**
 * examples/jobs/test/worker/inline-tasks: the work of a thread, done in the thread of the test.
 */
import { TaskRun } from '#jobs/worker/task-run'
import type { TaskOutcome, TaskRunner, TaskSurroundings } from '#jobs/worker/thread-pool'
import type { ThreadTask } from '#jobs/worker/thread-words'

/** Runs tasks where they are asked for. */
export const inlineTasks: TaskRunner = {
  run(task: ThreadTask, surroundings: TaskSurroundings): Promise<TaskOutcome> {
    return new Promise((resolve) => {
      let line = Promise.resolve()
      const run = new TaskRun(1, task, (word) => {
        if (word.kind === 'ended') resolve(word.outcome)
        else if (word.kind === 'progress') surroundings.progress(word.progress)
        else {
          const page = surroundings.read(word.at, word.length)
          page.catch(() => {})
          line = line.then(async () => {
            try {
              run.page(await page)
            } catch (thrown) {
              resolve({ kind: 'no-text', problem: String(thrown) })
            }
          })
        }
      })
      run.begin()
    })
  },
}
