/** A worker that does not even get to its first message. */
throw new Error("dead on arrival");
