import { after } from 'node:test';

/**
 * Preloaded into every process that runs test files: when something a test has left open (a socket, a timer, a child)
 * keeps the process alive after its last test, it says so and ends it as failed. The runner itself would wait for ever.
 */
const graceMs = 10_000;

const runsTests = process.env['NODE_TEST_CONTEXT'] === 'child-v8' || process.execArgv.includes('--test-isolation=none');

if (runsTests)
  after(() => {
    const complain = () => {
      const open = process.getActiveResourcesInfo().join(', ');
      process.stderr.write(`All tests have ended, and the process does not, for something is still open: ${open}\n`);
      process.exitCode = 1;
      process.kill(process.pid, 'SIGTERM');
    };
    setTimeout(complain, graceMs).unref();
  });
