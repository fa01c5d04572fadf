throw new Error('no schema today');
