package dev.kennel.dataset;

import java.io.Serializable;

/**
 * A decoded image.
 *
 * @param id its position in the listing
 * @param path where it lies
 * @param label its class
 * @param pixels for each prepared size, 8-bit RGB of shape [3, size, size]
 */
@SuppressWarnings("ArrayRecordComponent") // by the thousand: the bytes themselves, never compared
public record PreparedImage(int id, String path, int label, byte[][] pixels)
    implements Serializable {}
