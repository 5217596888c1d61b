/** A bare Fastify with one route that answers a constant text: as fast as any of its answers can be. Prints its port. */
import Fastify from 'fastify';

const text = 'UNCHANGED: a constant.\n';

const app = Fastify();
app.get('/constant', (_request, reply) => reply.send(text));
await app.listen({ host: '127.0.0.1', port: 0 });
const address = app.server.address();
if (typeof address !== 'object' || !address) throw new Error('it listens nowhere');
console.log(`port ${address.port}`);
