/**
 * examples/jobs/test/worker/fake-tasks: tasks that end when a test says so, and no threads.
 */
import type { TaskOutcome, TaskRunner, TaskSurroundings } from '#jobs/worker/thread-pool'
import type { ThreadTask } from '#jobs/worker/thread-words'

/** One task that a worker has asked for. */
export interface FakeTask {
  readonly task: ThreadTask
  readonly surroundings: TaskSurroundings
  end(outcome: TaskOutcome): void
}

/** Tasks in the order of their begin; one that is called off ends by itself. */
export class FakeTasks implements TaskRunner {
  readonly begun: FakeTask[] = []

  run(task: ThreadTask, surroundings: TaskSurroundings): Promise<TaskOutcome> {
    return new Promise((resolve) => {
      this.begun.push({ task, surroundings, end: resolve })
      surroundings.signal.addEventListener('abort', () => resolve({ kind: 'called-off' }))
    })
  }

  at(index: number): FakeTask {
    const task = this.begun[index]
    if (task === undefined) throw new Error(`no task ${index} has begun`)
    return task
  }
}
