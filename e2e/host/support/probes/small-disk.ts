import type { Bed } from '../bed.ts'

/**
 * Puts /var/lib/left4me on an ext4 of 600 MiB of its own, with what is there, so that it is quick to fill. For a container
 * in which nothing of left4me runs yet. The kernel frees the image's loop device with its mount.
 */
export async function moveToSmallDisk(bed: Bed): Promise<void> {
  await bed.succeed(`
    systemctl stop left4me-disk-limit.timer left4me-disk-limit.service
    truncate --size=600M /var/small-disk
    mkfs.ext4 -q /var/small-disk
    [ -e /dev/loop-control ] || mknod /dev/loop-control c 10 237
    for number in $(seq 0 63); do [ -e /dev/loop$number ] || mknod /dev/loop$number b 7 $number; done
    mkdir -p /mnt/small-disk
    mount -o loop /var/small-disk /mnt/small-disk
    rm -rf /mnt/small-disk/lost+found
    cp -a /var/lib/left4me/. /mnt/small-disk/
    umount /mnt/small-disk
    mount -o loop /var/small-disk /var/lib/left4me
    systemctl start left4me-disk-limit.timer`)
}
