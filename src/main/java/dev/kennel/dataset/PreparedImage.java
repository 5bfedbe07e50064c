package dev.kennel.dataset;

import java.io.Serializable;

/**
 * A decoded image of one size.
 *
 * @param id its position in the listing
 * @param index its position among the images that were asked for together
 * @param label its class
 * @param pixels 8-bit RGB of shape [3, size, size]
 */
@SuppressWarnings("ArrayRecordComponent") // by the thousand: the bytes themselves, never compared
public record PreparedImage(int id, int index, int label, byte[] pixels) implements Serializable {}
