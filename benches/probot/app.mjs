// A Probot app that does nothing but count what it hears. It is started by `cargo bench --bench probot`.
import { run } from 'probot'

let heard = 0

await run((app) => {
  app.on('issue_comment', () => {
    heard += 1
  })
})

process.on('SIGTERM', () => {
  console.error(`heard ${heard}`)
  process.exit(0)
})
